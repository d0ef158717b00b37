// Shows /openapi.json: operations by tag, their parameters and bodies, and a form to try each.

const methods = ["get", "post", "put", "delete"];

/** Makes an element; strings among the children become text, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Shows what stands between backticks as code. */
function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? make("code", {}, part) : part));
}

const nameOf = (schema) => schema?.$ref?.split("/").pop();

/** Says in a few words what a schema takes. */
function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return nameOf(schema);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map(typeOf).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeOf).join(" & ");
  const types = [schema.type ?? "any"].flat();
  return types.map((type) => (type === "array" ? `${typeOf(schema.items)}[]` : type)).join(" | ");
}

/** Makes an example value of a schema. */
function exampleOf(schema, schemas, depth = 0) {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return exampleOf(schemas[nameOf(schema)], schemas, depth + 1);
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, depth + 1)));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return exampleOf(choices.find((choice) => choice.type !== "null"), schemas, depth + 1);
  switch ([schema.type].flat().find((type) => type !== "null")) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, exampleOf(value, schemas, depth + 1)]),
      );
    case "array":
      return [exampleOf(schema.items, schemas, depth + 1)];
    case "string":
      return "";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return null;
  }
}

function table(heads, rows) {
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))))),
  );
}

function fieldsOf(schema, schemas) {
  const known = schema?.$ref ? schemas[nameOf(schema)] : schema;
  const parts = known?.allOf ?? [known];
  const rows = parts.flatMap((part) => {
    const open = part?.$ref ? schemas[nameOf(part)] : part;
    const required = new Set(open?.required ?? []);
    return Object.entries(open?.properties ?? {}).map(([key, value]) => [
      make("code", {}, key),
      `${typeOf(value)}${required.has(key) ? "" : ", optional"}`,
      make("span", {}, ...prose(value.description ?? "")),
    ]);
  });
  return rows.length ? table(["field", "type", "meaning"], rows) : null;
}

function bodyOf(content, schemas) {
  const schema = Object.values(content ?? {})[0]?.schema;
  if (!schema) return null;
  return make("div", {}, make("p", {}, make("code", {}, typeOf(schema))), fieldsOf(schema, schemas));
}

/** A form that sends the request and shows the answer. */
function tryIt(path, method, operation, schemas) {
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const input = make("input", { name: parameter.name, autocomplete: "off" });
    return { parameter, input };
  });
  const body = operation.requestBody && make("textarea", { "aria-label": "body", spellcheck: "false" });
  if (body) {
    const schema = Object.values(operation.requestBody.content)[0]?.schema;
    body.value = JSON.stringify(exampleOf(schema, schemas), null, 2);
  }
  const answer = make("pre", { role: "status", hidden: "" });
  const send = async (event) => {
    event.preventDefault();
    let url = path;
    const query = new URLSearchParams();
    const headers = { accept: "application/json" };
    for (const { parameter, input } of inputs) {
      if (input.value === "" && parameter.in !== "path") continue;
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (parameter.in === "header") headers[parameter.name] = input.value;
      else query.set(parameter.name, input.value);
    }
    if (body) headers["content-type"] = "application/json";
    answer.hidden = false;
    answer.textContent = "…";
    try {
      const response = await fetch(query.size ? `${url}?${query}` : url, {
        method: method.toUpperCase(),
        headers,
        ...(body && { body: body.value }),
      });
      const text = await response.text();
      answer.className = response.ok ? "" : "bad";
      answer.textContent = `${response.status} ${response.statusText}\n\n${pretty(text)}`;
    } catch (error) {
      answer.className = "bad";
      answer.textContent = String(error);
    }
  };
  return make(
    "form",
    { onsubmit: send },
    make("h3", {}, "Try it"),
    ...inputs.map(({ parameter, input }) => make("label", {}, `${parameter.name} `, input)),
    body ?? null,
    make("p", {}, make("button", { type: "submit" }, `Send ${method.toUpperCase()}`)),
    answer,
  );
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function operationView(path, method, operation, schemas) {
  const filled = make("div");
  const view = make(
    "details",
    { class: "operation" },
    make(
      "summary",
      {},
      make("span", { class: `method ${method}` }, method.toUpperCase()),
      make("span", { class: "path" }, path),
      make("span", { class: "summary" }, operation.summary ?? ""),
    ),
    filled,
  );
  const fill = () => {
    if (!view.open || filled.hasChildNodes()) return;
    const parameters = (operation.parameters ?? []).map((parameter) => [
      make("code", {}, parameter.name),
      parameter.in,
      `${typeOf(parameter.schema)}${parameter.required ? "" : ", optional"}`,
      make("span", {}, ...prose(parameter.description ?? "")),
    ]);
    const answers = Object.entries(operation.responses ?? {}).map(([status, response]) =>
      make("details", {}, make("summary", {}, `Answer ${status}`), bodyOf(response.content, schemas)),
    );
    filled.append(
      ...[
        operation.description ? make("p", {}, ...prose(operation.description)) : null,
        parameters.length ? make("h3", {}, "Parameters") : null,
        parameters.length ? table(["name", "in", "type", "meaning"], parameters) : null,
        operation.requestBody ? make("h3", {}, "Body") : null,
        operation.requestBody ? bodyOf(operation.requestBody.content, schemas) : null,
        ...answers,
        tryIt(path, method, operation, schemas),
      ].filter((part) => part !== null),
    );
  };
  view.addEventListener("toggle", fill);
  return view;
}

function show(api) {
  const schemas = api.components?.schemas ?? {};
  document.getElementById("title").textContent = `${api.info.title} ${api.info.version}`;
  document.getElementById("about").replaceChildren(...prose(api.info.description ?? ""));
  const all = Object.entries(api.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] })),
  );
  const sections = (api.tags ?? []).map((tag) => {
    const mine = all.filter(({ operation }) => operation.tags?.includes(tag.name));
    const views = mine.map(({ path, method, operation }) => operationView(path, method, operation, schemas));
    const about = make("p", { class: "summary" }, tag.description ?? "");
    return make("section", {}, make("h2", {}, tag.name), about, ...views);
  });
  document.getElementById("operations").append(...sections);
  document.getElementById("filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase();
    for (const view of document.querySelectorAll("details.operation")) {
      view.hidden = !view.firstElementChild.textContent.toLowerCase().includes(words);
    }
  });
}

try {
  const response = await fetch("/openapi.json");
  show(await response.json());
} catch (error) {
  document.getElementById("about").textContent = `/openapi.json cannot be read: ${error}`;
}
