import { type KeyboardEvent, useMemo, useRef, useState } from "react";

import { Button } from "../parts/Button";
import { IconButton } from "../parts/IconButton";
import bars from "./Bars.module.css";
import { imageFile, saveFile } from "./download";
import { heavyDrawing } from "./drawing";
import styles from "./ImageView.module.css";
import { bytes as sizeText } from "./summary";
import { Switch } from "./Switch";

type ImageViewProps = { url: string; name: string };

const STEP = 1.25;
const MOST = 64;

/** A picture; a drawing that may keep the browser busy only once somebody asks for it. */
export function ImageView({ url, name }: ImageViewProps) {
  const heavy = useMemo(() => heavyDrawing(url), [url]);
  const [asked, setAsked] = useState<string>();
  if (heavy === undefined || asked === url) return <Picture url={url} name={name} />;
  return (
    <div className={styles.heavy}>
      <p>
        This drawing may keep the browser busy for long:{" "}
        {heavy}
      </p>
      <Button small onClick={() => setAsked(url)}>
        Show it all the same
      </Button>
      <Button small look="ghost" icon="down" onClick={() => saveFile(imageFile(url, name))}>
        Save
      </Button>
    </div>
  );
}

/** A picture: as large as fits, or as large as one likes, with its pixels smooth or sharp. */
function Picture({ url, name }: ImageViewProps) {
  const [natural, setNatural] = useState<{ width: number; height: number }>();
  const [zoom, setZoom] = useState<number>();
  const [pixelated, setPixelated] = useState(false);
  const [broken, setBroken] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLImageElement>(null);

  const scaled = () => zoom ?? (picture.current && natural ? picture.current.clientWidth / natural.width : 1);
  const by = (factor: number) => setZoom(Math.min(Math.max(scaled() * factor, 1 / MOST), MOST));
  const press = (event: KeyboardEvent) => {
    const act = { "+": () => by(STEP), "=": () => by(STEP), "-": () => by(1 / STEP), 0: () => setZoom(undefined), 1: () => setZoom(1) }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };

  if (broken) return <p className={styles.broken}>This picture cannot be shown: its data is not an image that the browser knows</p>;
  return (
    <div className={bars.frame}>
      <div className={bars.bar}>
        <span className={bars.state} role="status">
          {natural && `${natural.width} × ${natural.height} pixels, ${sizeText(dataSize(url))}`}
          {zoom !== undefined && `, shown at ${Math.round(zoom * 100)} %`}
        </span>
        <IconButton small icon="minus" label="Smaller" keys="-" onClick={() => by(1 / STEP)} />
        <IconButton small icon="plus" label="Larger" keys="+" onClick={() => by(STEP)} />
        <Button small look="ghost" title="Every pixel of the picture is one on screen (1)" onClick={() => setZoom(1)}>
          100 %
        </Button>
        <Button small look="ghost" icon="fit" title="As large as fits (0)" onClick={() => setZoom(undefined)}>
          Fit
        </Button>
        <Switch on={pixelated} onChange={setPixelated} title="Show every pixel as a sharp square">
          pixels
        </Switch>
        <Button small look="ghost" icon="down" onClick={() => saveFile(imageFile(url, name))}>
          Save
        </Button>
      </div>
      <div
        ref={frame}
        className={styles.frame}
        role="group"
        aria-label="Picture, keys + and - change its size"
        // A scrolling region must be reachable with the keyboard.
        tabIndex={0}
        data-fits={zoom === undefined}
        onKeyDown={press}
        onWheel={(event) => event.ctrlKey && by(Math.exp(-event.deltaY * 0.002))}
      >
        <img
          ref={picture}
          src={url}
          alt={`Output ${name}`}
          data-pixelated={pixelated}
          style={zoom === undefined || !natural ? undefined : { width: natural.width * zoom, height: natural.height * zoom }}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setNatural({ width: naturalWidth, height: naturalHeight })}
          onError={() => setBroken(true)}
        />
      </div>
    </div>
  );
}

function dataSize(url: string): number {
  const data = url.length - url.indexOf(",") - 1;
  return /^[^,]*;base64,/.test(url) ? Math.floor((data * 3) / 4) : data;
}
