import { explain } from "../api/api";
import { Button } from "./Button";
import styles from "./Failure.module.css";
import { Icon } from "./Icon";
import { Prose } from "./Prose";

type FailureProps = { error: unknown; again?: () => void };

/** Says what went wrong and, where it is known, what to do next. */
export function Failure({ error, again }: FailureProps) {
  const { message, hint } = explain(error);
  return (
    <div role="alert" className={styles.failure}>
      <Icon name="alert" />
      <div>
        <p>
          <Prose text={message} />
        </p>
        {hint && (
          <p className={styles.hint}>
            <Prose text={hint} />
          </p>
        )}
        {again && (
          <Button small onClick={again}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}
