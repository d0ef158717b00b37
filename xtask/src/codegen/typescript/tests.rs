use serde_json::{Value, json};

use super::types;

#[track_caller]
fn check(schema: Value, want: &str) {
    let openapi = json!({ "components": { "schemas": { "It": schema } } });
    let got = types(&openapi).expect("the schema is one that Rust types come out as");
    let (_, got) = got.split_once("\n\n").expect("a head, then the types");
    assert_eq!(got.trim_end(), want);
}

#[test]
fn plain_schemas_become_types() {
    for (schema, want) in [
        (json!({ "type": "string" }), "export type It = string;"),
        (json!({ "type": ["integer", "null"] }), "export type It = number | null;"),
        (json!({ "type": "string", "enum": ["a", "b"] }), "export type It = \"a\" | \"b\";"),
        (json!({}), "export type It = unknown;"),
        (json!({ "$ref": "#/components/schemas/Port" }), "export type It = Port;"),
        (
            json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Port" }] }),
            "export type It = Port | null;",
        ),
        (
            json!({ "type": "array", "items": { "type": ["string", "null"] } }),
            "export type It = (string | null)[];",
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "boolean" } }),
            "export type It = Record<string, boolean>;",
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "number" }, { "type": "string" }] }),
            "export type It = [number, string];",
        ),
    ] {
        check(schema, want);
    }
}

#[test]
fn objects_keep_order_comments_and_what_is_required() {
    check(
        json!({
            "type": "object",
            "description": "A port.",
            "required": ["name"],
            "properties": {
                "name": { "type": "string", "description": "Its name.\n\nUnique." },
                "x-note": { "type": "string" },
                "at": { "type": "object", "properties": { "x": { "type": "number" } } },
            },
        }),
        "\
/** A port. */
export type It = {
  /**
   * Its name.
   *
   * Unique.
   */
  name: string;
  \"x-note\"?: string;
  at?: {
    x?: number;
  };
};",
    );
}

#[test]
fn an_unknown_type_is_refused() {
    let openapi = json!({ "components": { "schemas": { "It": { "type": "date" } } } });
    let error = types(&openapi).expect_err("`date` is no type of JSON");
    assert_eq!(format!("{error:#}"), "in the schema `It`: no TypeScript for the type `date`");
}
