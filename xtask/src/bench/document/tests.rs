use super::{Figures, replace};

#[test]
fn a_printed_table_becomes_markdown() {
    let printed = "talk\n{\"columns\": [\"what\", \"kind\", \"time\"], \"rows\": [[\"a\", \"b\", \"1 ms\"]]}\n";
    let figures = Figures::from_json(printed).expect("the last line is a table");
    assert_eq!(
        figures.markdown(),
        "| what | kind | time |\n| --- | --- | ---: |\n| a | b | 1 ms |\n"
    );
}

#[test]
fn only_the_named_table_is_replaced() {
    let text = "# A\n<!-- figures: x -->\nold\n<!-- end -->\n<!-- figures: y -->\n<!-- end -->\n";
    let new = replace(text, "y", "new\n").expect("`y` is there");
    assert_eq!(
        new,
        "# A\n<!-- figures: x -->\nold\n<!-- end -->\n<!-- figures: y -->\nnew\n<!-- end -->\n"
    );
    assert_eq!(replace(&new, "y", "new").expect("`y` is there"), new);
    assert!(replace(text, "z", "new").is_err());
}
