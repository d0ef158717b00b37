use proptest::prelude::*;

use super::*;

const SKILLS: [(&str, &[&str], &str, &str); 6] = [
    (
        "line-plot",
        &["plot", "chart"],
        "Draws a line chart of numbers",
        "Use it for convergence curves.",
    ),
    ("bar-plot", &["plot"], "Draws bars", "A bar for each category."),
    (
        "csv-reader",
        &["csv", "table"],
        "Reads a CSV file into a table",
        "Quotes, commas and line ends.",
    ),
    (
        "vqe-optimizer",
        &["quantum"],
        "Finds the ground state energy",
        "Runs a variational loop; can plot its convergence.",
    ),
    ("python-testing", &[], "Writes tests with pytest", "Fixtures and parametrize."),
    ("数据分析", &[], "当用户说分析数据时使用", ""),
];

fn index() -> Index {
    let fields =
        |(name, keywords, description, body): (&'static str, &'static [&'static str], _, _)| {
            Fields {
                name: vec![name],
                keywords: keywords.to_vec(),
                description: vec![description],
                body: vec![body],
                ..Fields::default()
            }
        };
    Index::new(SKILLS.into_iter().enumerate().map(|(i, skill)| (i * 10, fields(skill))))
}

/// The names that a query finds, best first.
fn names(query: &str) -> Vec<&'static str> {
    index().search(query, 10).into_iter().map(|hit| SKILLS[hit.doc / 10].0).collect()
}

#[test]
fn queries_find_what_they_should() {
    let cases: [(&str, &[&str]); 15] = [
        ("", &[]),
        ("  ?! ", &[]),
        ("zebra", &[]),
        ("line plot", &["line-plot", "bar-plot", "csv-reader", "vqe-optimizer"]),
        ("plots", &["bar-plot", "line-plot", "vqe-optimizer"]),
        ("plo", &["bar-plot", "line-plot", "vqe-optimizer"]),
        ("quan", &["vqe-optimizer"]),
        ("quan ", &[]),
        ("optimzer", &["vqe-optimizer"]),
        ("pytset fixtures", &["python-testing"]),
        ("please read a csv for me", &["csv-reader"]),
        ("CSV_Reader", &["csv-reader"]),
        ("csvReader", &["csv-reader"]),
        ("ground state", &["vqe-optimizer"]),
        ("分析数据", &["数据分析"]),
    ];
    for (query, want) in cases {
        assert_eq!(names(query), want, "query: {query:?}");
    }
}

#[test]
fn a_hit_says_why() {
    let hits = index().search("line plot", 1);
    let why = |field, terms: &[&str]| Why {
        field,
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
    };
    let want = [
        why(Field::Name, &["line", "plot"]),
        why(Field::Keywords, &["plot"]),
        why(Field::Description, &["line"]),
    ];
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].doc, hits[0].why.as_slice()), (0, want.as_slice()));
    assert!(hits[0].score > 0.0);
}

#[test]
fn empty_keywords_match_nothing() {
    let empty = Fields { name: vec!["a"], keywords: vec!["", " "], ..Fields::default() };
    let index = Index::new([(0, empty)]);
    assert_eq!(index.search("anything", 10), []);
    assert_eq!(index.search("", 10), []);
    assert!(Index::new([]).search("a", 10).is_empty());
}

#[test]
fn fields_come_from_the_skill() {
    let text = "---\nname: Plot it\ncategory: viz\ntags: [chart]\ntype: javascript\ninputs:\n  - name: series\n    \
        type: array\n---\n```js\nfunction execute() {}\n```\n";
    let skill = crate::skill::check("skills/plot.md", text.as_bytes()).skill.unwrap();
    let fields = Fields::of(&skill);
    assert_eq!((fields.name, fields.ports), (vec!["plot", "Plot it"], vec!["series"]));
    assert_eq!((fields.category, fields.keywords), (vec!["viz"], vec!["chart"]));
}

#[test]
fn words_are_cut_as_people_write_them() {
    let words = |text: &str| {
        let mut words = Vec::new();
        text::words(text, &mut |word| words.push(word.to_owned()));
        words
    };
    assert_eq!(
        words("parseCsvFile snake_case_name"),
        ["parsecsvfile", "parse", "csv", "file", "snake", "case", "name"]
    );
    assert_eq!(words("C++ and C#, node.js"), ["c++", "and", "c#", "node", "js"]);
    assert_eq!(words("Queries, classes, status"), ["query", "classe", "status"]);
    assert_eq!(words("数据分析 Éa"), ["数据", "据分", "分析", "éa"]);
    assert_eq!(words(&"x".repeat(100)), [""; 0]);
    assert!(text::is_stop_word("the") && !text::is_stop_word("plot"));
}

#[test]
fn stop_words_are_in_order() {
    for word in ["a", "about", "does", "i", "this", "your", "with", "was", "me"] {
        let mut seen = false;
        text::words(word, &mut |word| seen |= text::is_stop_word(word));
        assert!(seen, "{word}");
    }
}

#[test]
fn distances_count_single_changes() {
    let cases = [
        ("plot", "plot", Some(0)),
        ("plot", "polt", Some(1)),
        ("plot", "plots", Some(1)),
        ("plot", "port", Some(2)),
        ("plot", "graph", None),
    ];
    for (a, b, want) in cases {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(text::distance(&letters(a), &letters(b), 2), want, "{a} {b}");
    }
}

proptest! {
    #[test]
    fn any_query_is_answered_in_order(query in any::<String>(), limit in 0..5_usize) {
        let hits = index().search(&query, limit);
        prop_assert!(hits.len() <= limit);
        prop_assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
        prop_assert!(hits.iter().all(|hit| !hit.why.is_empty()));
    }

    #[test]
    fn a_skill_is_found_by_its_name(names in prop::collection::btree_set("[b-z]{4,8}(-[b-z]{4,8}){0,2}", 1..20)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let index = Index::new(names.iter().enumerate().map(|(i, name)| (i, Fields { name: vec![name], ..Fields::default() })));
        for (i, name) in names.iter().enumerate() {
            let hits = index.search(name, 1);
            prop_assert_eq!(hits[0].doc, i, "{}", name);
        }
    }
}
