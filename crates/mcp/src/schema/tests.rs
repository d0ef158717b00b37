use super::*;

fn port(name: &str, ty: &str) -> Port {
    Port { name: name.to_owned(), ty: ty.to_owned(), required: true, ..Port::default() }
}

#[test]
fn arguments_are_typed_and_say_what_must_be_given() {
    let inputs = [
        port("value", "number"),
        Port {
            default: Some(json!(3)),
            description: "How many".to_owned(),
            ..port("n", "integer")
        },
        Port { required: false, ..port("label", "string") },
    ];
    assert_eq!(
        Value::Object(arguments(&inputs)),
        json!({
            "type": "object",
            "properties": {
                "value": { "type": "number" },
                "n": { "type": "integer", "default": 3, "description": "How many" },
                "label": { "type": "string" },
            },
            "required": ["value"],
            "additionalProperties": false,
        })
    );
    assert_eq!(
        Value::Object(arguments(&[])),
        json!({ "type": "object", "properties": {}, "additionalProperties": false })
    );
}

#[test]
fn every_type_has_a_form_and_bytes_have_none() {
    for ty in PortType::ALL {
        let schema = arguments(&[port("x", ty.as_str())]);
        let said = schema["properties"].get("x");
        assert_eq!(said.is_none(), ty == PortType::Bytes, "{ty}");
        let ty_said = said.and_then(|said| said.get("type")).and_then(Value::as_str);
        let want = match ty {
            PortType::Image => Some("string"),
            PortType::Table | PortType::Plot | PortType::File => Some("object"),
            PortType::Bytes | PortType::Any => None,
            _ => Some(ty.as_str()),
        };
        assert_eq!(ty_said, want, "{ty}");
    }
    assert!(cannot_be_called(&[port("x", "bytes")]));
    assert!(!cannot_be_called(&[Port { required: false, ..port("x", "bytes") }]));
}

#[test]
fn what_an_author_wrote_at_length_is_cut() {
    let long = "words ".repeat(1000);
    let many: Value = (0..10_000).collect::<Vec<_>>().into();
    let inputs = [Port { description: long, default: Some(many), ..port("x", "array") }];
    let schema = Value::Object(arguments(&inputs));
    assert!(schema.to_string().len() < 1000, "{schema}");
    assert!(schema.to_string().contains("6000 bytes in all"), "{schema}");
}
