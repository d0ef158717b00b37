import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";

import type { Port } from "../api/schema";
import { port } from "../test/fakes";
import { InputField } from "./InputField";
import { LiteralField } from "./LiteralField";

function Field({ of, start, onValue }: { of: Port; start?: unknown; onValue: (value: unknown) => void }) {
  const [value, setValue] = useState(start);
  return (
    <LiteralField
      id="field"
      port={of}
      value={value}
      describedBy={undefined}
      onChange={(next) => {
        setValue(next);
        onValue(next);
      }}
    />
  );
}

test.each([
  ["number", "1e-6", 1e-6],
  ["number", "-0.735", -0.735],
  ["integer", "42", 42],
  ["string", "a text", "a text"],
  ["array", "[[1, 2]", [1, 2]],
  ["any", '"words"', "words"],
])("a field of type %s takes what is typed", async (type, typed, value) => {
  const onValue = vi.fn();
  render(<Field of={port("p", type)} onValue={onValue} />);
  await userEvent.type(screen.getByRole("textbox"), typed.replaceAll("{", "{{"));
  expect(onValue).toHaveBeenLastCalledWith(value);
});

test("what is not a number stays in the field, is not taken over, and is said to be wrong", async () => {
  const onValue = vi.fn();
  render(<Field of={port("p", "number")} start={1} onValue={onValue} />);
  const field = screen.getByRole("textbox");
  await userEvent.type(field, "x");
  expect(field).toHaveProperty("value", "1x");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("alert").textContent).toMatch(/^Not a number: .* Until then it is 1$/);
  expect(onValue).not.toHaveBeenCalled();
});

test("broken JSON is kept for mending", async () => {
  const onValue = vi.fn();
  render(<Field of={port("p", "object")} onValue={onValue} />);
  await userEvent.type(screen.getByRole("textbox"), '{{"a": ');
  expect(screen.getByRole("alert").textContent).toContain("Not valid JSON");
  expect(onValue).not.toHaveBeenCalled();
  await userEvent.type(screen.getByRole("textbox"), "1}");
  expect(onValue).toHaveBeenLastCalledWith({ a: 1 });
});

test("an emptied field takes its value away, and shows the default", async () => {
  const onValue = vi.fn();
  render(<Field of={port("p", "number", { default: 0.735 })} start={2} onValue={onValue} />);
  await userEvent.clear(screen.getByRole("textbox"));
  expect(onValue).toHaveBeenLastCalledWith(undefined);
  expect(screen.getByPlaceholderText("0.735")).toBeDefined();
});

test("a boolean is a switch that starts at its default", async () => {
  const onValue = vi.fn();
  render(<Field of={port("p", "boolean", { default: true })} onValue={onValue} />);
  expect(screen.getByRole("switch")).toHaveProperty("checked", true);
  await userEvent.click(screen.getByRole("switch"));
  expect(onValue).toHaveBeenLastCalledWith(false);
});

const sources = [{ ref: { node: "first", port: "value" }, label: "Number › value" }];

test("an input is connected through its list of sources", async () => {
  const onSource = vi.fn();
  const common = { port: port("a", "number", { required: true }), value: undefined, sources, findings: [], onChange: vi.fn(), onSource };
  const { rerender } = render(<InputField {...common} source={undefined} />);
  expect(screen.getByRole("textbox", { name: "a" })).toBeDefined();
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Source of a" }), "from Number › value");
  expect(onSource).toHaveBeenLastCalledWith({ node: "first", port: "value" });

  rerender(<InputField {...common} source={sources[0]} />);
  expect(screen.queryByRole("textbox")).toBeNull();
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Source of a" }), "Disconnect");
  expect(onSource).toHaveBeenLastCalledWith(undefined);
});

test("what the engine finds about an input stands beside it, with what to do", () => {
  const finding = { severity: "error", code: "missing", message: "input `a` has no value", hint: "type a value" } as const;
  render(
    <InputField port={port("a", "number")} value={undefined} source={undefined} sources={[]} findings={[finding]} onChange={vi.fn()} onSource={vi.fn()} />,
  );
  expect(screen.getByText(/has no value/).textContent).toBe("Input a has no value – Type a value");
  expect(screen.getByRole("textbox").getAttribute("aria-describedby")).toBeTruthy();
});

test("a value gives way to the default on demand", async () => {
  const onChange = vi.fn();
  render(
    <InputField port={port("a", "number", { default: 1 })} value={5} source={undefined} sources={[]} findings={[]} onChange={onChange} onSource={vi.fn()} />,
  );
  await userEvent.click(screen.getByRole("button", { name: "Use the default of a" }));
  expect(onChange).toHaveBeenLastCalledWith(undefined);
});
