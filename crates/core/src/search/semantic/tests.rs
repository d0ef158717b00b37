use super::*;

const TEXTS: [&str; 4] =
    ["draws a chart of numbers", "reads a table", "finds the ground state", "a chart"];

fn index() -> Index {
    let fields = |text| Fields { name: vec![text], description: vec![text], ..Fields::default() };
    Index::new(TEXTS.into_iter().map(fields).enumerate())
}

fn vectors(all: [[f32; 2]; 4]) -> Vectors {
    let mut vectors = Vectors::default();
    all.iter().enumerate().for_each(|(doc, vector)| vectors.insert(doc, vector));
    vectors
}

fn docs(vectors: &Vectors, query: &str, vector: &[f32]) -> Vec<usize> {
    search(&index(), vectors, query, vector, 4).into_iter().map(|hit| hit.doc).collect()
}

#[test]
fn meaning_finds_what_no_word_finds() {
    let vectors = vectors([[1.0, 0.0], [0.0, 1.0], [3.0, 0.2], [0.5, 0.5]]);
    assert_eq!(docs(&vectors, "zebra", &[2.0, 0.1])[0], 2);
    let hits = search(&index(), &vectors, "zebra", &[0.0, 1.0], 1);
    assert_eq!((hits[0].doc, hits[0].why.len()), (1, 0));
}

#[test]
fn words_decide_between_what_is_equally_near() {
    let vectors = vectors([[1.0, 0.0]; 4]);
    assert_eq!(docs(&vectors, "table", &[1.0, 0.0])[0], 1);
    let why = &search(&index(), &vectors, "table", &[1.0, 0.0], 1)[0].why;
    assert!(why.iter().any(|why| why.terms == ["table"]), "{why:?}");
}

#[test]
fn without_usable_vectors_words_alone_answer() {
    let by_words: Vec<usize> = index().search("chart", 4).into_iter().map(|hit| hit.doc).collect();
    let usable = vectors([[1.0, 0.0]; 4]);
    for (vectors, vector) in [
        (&Vectors::default(), &[1.0, 0.0][..]),
        (&usable, &[]),
        (&usable, &[0.0, 0.0]),
        (&usable, &[f32::NAN, 1.0]),
        (&usable, &[1.0, 0.0, 0.0]),
    ] {
        assert_eq!(docs(vectors, "chart", vector), by_words, "{vector:?}");
    }
    let mut emptied = usable;
    (0..4).for_each(|doc| emptied.remove(doc));
    assert_eq!(emptied, Vectors::default());
}

#[test]
fn a_skill_is_embedded_by_its_name_and_description() {
    let fields = Fields {
        name: vec!["plot-it", "Plot it"],
        description: vec!["Draws."],
        ..Fields::default()
    };
    assert_eq!(text(&fields), "Plot it. Draws.");
    let long = "é".repeat(9000);
    let fields = Fields { description: vec![&long], ..Fields::default() };
    assert_eq!(text(&fields).chars().count(), MAX_TEXT);
}
