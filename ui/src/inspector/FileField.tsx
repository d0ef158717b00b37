import { Button } from "../parts/Button";
import { heavyDrawing } from "../results/drawing";
import { summarise } from "../results/summary";
import styles from "./Fields.module.css";
import { dataUrl, fileValue, pickFile } from "./pickFile";

type FileFieldProps = {
  id: string;
  value: unknown;
  image: boolean;
  onChange: (value: unknown) => void;
};

/** A file or a picture, chosen from this machine. */
export function FileField({ id, value, image, onChange }: FileFieldProps) {
  const choose = async () => {
    const file = await pickFile(image ? "image/*" : "");
    if (file) onChange(image ? await dataUrl(file) : await fileValue(file));
  };
  return (
    <div className={styles.aside}>
      {image && typeof value === "string" && !heavyDrawing(value) && <img className={styles.thumb} src={value} alt="" />}
      {value !== undefined && <span>{summarise(value)}</span>}
      <Button id={id} small icon="open" onClick={() => void choose()}>
        {image ? "Choose picture…" : "Choose file…"}
      </Button>
      {value !== undefined && (
        <Button small look="ghost" onClick={() => onChange(undefined)}>
          Clear
        </Button>
      )}
    </div>
  );
}
