import { useId } from "react";

import type { Finding, Port, PortRef } from "../api/schema";
import { IconButton } from "../parts/IconButton";
import { PortTypeTag } from "../parts/PortTypeTag";
import { Prose } from "../parts/Prose";
import styles from "./Fields.module.css";
import { LiteralField } from "./LiteralField";

/** An output that may feed the input. */
export type Source = { ref: PortRef; label: string };

type InputFieldProps = {
  port: Port;
  value: unknown;
  /** The output that feeds it now. */
  source: Source | undefined;
  /** The outputs that may feed it. */
  sources: readonly Source[];
  findings: readonly Finding[];
  onChange: (value: unknown) => void;
  /** Feeds it from an output, or with `undefined` cuts the edge. */
  onSource: (ref: PortRef | undefined) => void;
  /** Asks for many values in place of one. */
  onSweep?: () => void;
};

/** One input of a node: where its value comes from, or the value itself. */
export function InputField({ port, value, source, sources, findings, onChange, onSource, onSweep }: InputFieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const described = port.description || findings.length > 0 ? about : undefined;

  return (
    <div className={styles.field} data-port={port.name} data-bad={findings.some((one) => one.severity === "error")}>
      <div className={styles.label}>
        <label htmlFor={source ? undefined : id}>{port.name}</label>
        {port.required && <span className={styles.required}>required</span>}
        {value !== undefined && !source && port.default !== undefined && (
          <IconButton small icon="undo" label={`Use the default of ${port.name}`} onClick={() => onChange(undefined)} />
        )}
        {onSweep && !source && <IconButton small icon="sweep" label={`Sweep ${port.name} over values`} onClick={onSweep} />}
        <PortTypeTag type={port.type} />
      </div>
      <SourceSelect port={port} source={source} sources={sources} onSource={onSource} />
      {!source && <LiteralField id={id} port={port} value={value} describedBy={described} onChange={onChange} />}
      <div id={about} className={styles.about}>
        {port.description && (
          <p>
            <Prose text={port.description} />
          </p>
        )}
        {findings.map((finding) => (
          <p key={finding.code + finding.message} className={styles[finding.severity]}>
            <Prose text={finding.message} />
            {finding.hint && (
              <>
                {" – "}
                <Prose text={finding.hint} />
              </>
            )}
          </p>
        ))}
      </div>
    </div>
  );
}

type SourceSelectProps = Pick<InputFieldProps, "port" | "source" | "sources" | "onSource">;

/** Connects without a pointer: every output that fits is in the list. */
function SourceSelect({ port, source, sources, onSource }: SourceSelectProps) {
  if (!source && sources.length === 0) return null;
  const all = source && !sources.some((one) => keyOf(one.ref) === keyOf(source.ref)) ? [source, ...sources] : sources;
  return (
    <select
      className={styles.source}
      aria-label={`Source of ${port.name}`}
      value={source ? keyOf(source.ref) : ""}
      data-connected={source !== undefined}
      onChange={(event) => onSource(all.find((one) => keyOf(one.ref) === event.target.value)?.ref)}
    >
      <option value="">{source ? "Disconnect" : "Value below"}</option>
      {all.map(({ ref, label }) => (
        <option key={keyOf(ref)} value={keyOf(ref)}>
          {`from ${label}`}
        </option>
      ))}
    </select>
  );
}

function keyOf({ node, port }: PortRef): string {
  return `${node} ${port}`;
}
