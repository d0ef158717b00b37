/** Lets the person choose a file; gives `undefined` when they choose none. */
export function pickFile(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}

/** Reads a file as a `data:` URL. */
export function dataUrl(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("the file cannot be read")));
    reader.readAsDataURL(file);
  });
}

/** Reads a file as the value of a `file` port: as text where it is UTF-8. */
export async function fileValue(file: File): Promise<object> {
  const head = { name: file.name, mime: file.type || "application/octet-stream" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return { ...head, mime: file.type || "text/plain", text };
  } catch {
    const url = await dataUrl(file);
    return { ...head, base64: url.slice(url.indexOf(",") + 1) };
  }
}
