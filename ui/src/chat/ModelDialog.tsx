import { type FormEvent, useCallback, useState } from "react";

import { explain } from "../api/api";
import type { ChosenModel, ModelSettings } from "../api/schema";
import { useLoad } from "../api/useLoad";
import { useWorkbench } from "../app/useWorkbench";
import { Button } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import styles from "./Chat.module.css";

const PROVIDERS = {
  anthropic: "Anthropic",
  openrouter: "OpenRouter",
  openai: "OpenAI",
  ollama: "Ollama on this machine",
  compatible: "Another address (llama.cpp, vLLM, …)",
} as const;

type ProviderName = keyof typeof PROVIDERS;

/** Which model answers. A key goes in and never comes back. */
export function ModelDialog({ onClose }: { onClose: () => void }) {
  const { api } = useWorkbench();
  const { result } = useLoad(useCallback((signal: AbortSignal) => api.modelSettings(signal), [api]));
  return (
    <Dialog title="Model settings" onClose={onClose}>
      {result.state === "loading" && <p role="status">Looking what is connected…</p>}
      {result.state === "failed" && <Failure error={result.error} />}
      {result.state === "ready" && <Form now={result.value} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ now, onClose }: { now: ModelSettings; onClose: () => void }) {
  const { api, notices } = useWorkbench();
  const own = now.source === "person";
  const [provider, setProvider] = useState<ProviderName>(now.provider ?? "anthropic");
  const [url, setUrl] = useState(own ? (now.url ?? "") : "");
  const [model, setModel] = useState(now.model ?? "");
  const [key, setKey] = useState("");
  const [removeKey, setRemoveKey] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const act = async (work: () => Promise<ModelSettings>, said: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      notices.say({ tone: "info", message: said, hint: null });
      onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
      setKey("");
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const chosen: ChosenModel = { provider, model, url: url.trim() || null, key: key || null, remove_key: removeKey };
    void act(() => api.setModel(chosen), `${PROVIDERS[provider]} answers from now on`);
  };

  return (
    <form className={styles.settings} onSubmit={save} autoComplete="off">
      <p>{summary(now)}</p>
      <label>
        <span>Provider</span>
        <select value={provider} onChange={(event) => setProvider(event.target.value as ProviderName)}>
          {Object.entries(PROVIDERS).map(([id, name]) => (
            <option key={id} value={id}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        <span>Address</span>
        <input
          type="url"
          value={url}
          required={provider === "compatible"}
          placeholder={provider === "compatible" ? "http://127.0.0.1:8080/v1" : "The provider's own"}
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <label>
        <span>Model</span>
        <input value={model} required placeholder="claude-sonnet-4-5" onChange={(event) => setModel(event.target.value)} />
      </label>
      <label>
        <span>Key</span>
        <input
          type="password"
          autoComplete="new-password"
          value={key}
          placeholder={own && now.has_key ? keyText(now) : "None"}
          onChange={(event) => setKey(event.target.value)}
        />
      </label>
      <p className={styles.aside}>
        The key is sealed on the server's disk and never shown again. It is kept for this address only.
      </p>
      {own && now.has_key && (
        <label className={styles.check}>
          <input type="checkbox" checked={removeKey} onChange={(event) => setRemoveKey(event.target.checked)} />
          <span>Forget the key that is kept</span>
        </label>
      )}
      {problem !== null && <p role="alert" className={styles.problem}>{text(problem)}</p>}
      <div className={styles.actions}>
        <Button submit look="primary" disabled={busy}>
          Save
        </Button>
        {own && (
          <Button disabled={busy} onClick={() => void act(api.clearModel, "Your model settings are forgotten")}>
            Forget all of it
          </Button>
        )}
      </div>
    </form>
  );
}

function text(problem: unknown): string {
  const { message, hint } = explain(problem);
  return hint ? `${message}; ${hint}` : message;
}

function keyText({ key_ends_in }: ModelSettings): string {
  return key_ends_in ? `Set, ends in …${key_ends_in}` : "Set";
}

function summary(now: ModelSettings): string {
  const { source, provider, model, has_key } = now;
  if (!source) return "No model is connected. Answers are put together from your skills alone.";
  const where = { person: "as you chose", environment: "as the server's environment says", found: "found on this machine" };
  const key = has_key ? ` Key: ${keyText(now).toLowerCase()}.` : "";
  return `${provider}/${model} answers, ${where[source as keyof typeof where] ?? source}.${key}`;
}
