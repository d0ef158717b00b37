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
        ("line plot", &["line-plot", "bar-plot", "vqe-optimizer", "csv-reader"]),
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
fn why_is_said_of_those_that_are_wanted_and_the_order_stays() {
    let index = index();
    let all = index.search("plot a circuit", 5);
    assert!(all.len() > 2 && all.iter().all(|hit| !hit.why.is_empty()));
    let mut asked = Vec::new();
    let some = index.best("plot a circuit", 5, |doc| {
        asked.push(doc);
        doc == all[1].doc
    });
    assert_eq!(asked, all.iter().map(|hit| hit.doc).collect::<Vec<_>>());
    for (hit, full) in some.into_iter().zip(all) {
        let why = if hit.doc == asked[1] { full.why } else { Vec::new() };
        assert_eq!((hit.score, hit.why), (full.score, why));
    }
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
    assert_eq!(words("HTTPServer iOS"), ["httpserver", "http", "server", "ios", "i", "os"]);
    assert_eq!(words("C++ and C#, node.js"), ["c++", "and", "c#", "node", "js"]);
    assert_eq!(words("数据分析 Éa"), ["数据", "据分", "分析", "éa"]);
    assert_eq!(words(&"x".repeat(100)), [""; 0]);
}

#[test]
fn words_of_one_family_are_one_term() {
    for (a, b, same) in [
        ("queries", "query", true),
        ("plotting", "plots", true),
        ("optimizer", "optimize", true),
        ("status", "state", false),
        ("éclairs", "éclair", false),
    ] {
        assert_eq!(vocabulary::stem(a) == vocabulary::stem(b), same, "{a} {b}");
    }
}

#[test]
fn word_lists_are_in_order() {
    for word in ["a", "about", "does", "i", "this", "your", "with", "was", "me", "x"] {
        assert!(lists::is_stop_word(word), "{word}");
    }
    for word in ["plot", "c", "r", "7"] {
        assert!(!lists::is_stop_word(word), "{word}");
    }
    for word in ["abl", "abov", "year", "month", "someth", "yet"] {
        assert!(common::is_common(word), "{word}");
    }
    assert!(!common::is_common("plot"));
}

#[test]
fn words_side_by_side_count_more() {
    let texts = ["state of the ground", "ground state energy", "state ground"];
    let fields = |text| Fields { description: vec![text], ..Fields::default() };
    let index = Index::new(texts.into_iter().map(fields).enumerate());
    let docs: Vec<usize> = index.search("ground state", 3).into_iter().map(|hit| hit.doc).collect();
    assert_eq!(docs[0], 1);
}

#[test]
fn words_near_one_another_count_more_in_either_order() {
    let far = "one two three four five six seven eight nine".replace(' ', "ly ");
    let texts = [format!("energy {far} ground"), format!("{far} ground with energy")];
    let fields = |text: &'static str| Fields { description: vec![text], ..Fields::default() };
    let texts = texts.map(|text| &*text.leak());
    let index = Index::new(texts.into_iter().map(fields).enumerate());
    assert_eq!(index.search("energy ground", 1)[0].doc, 1);
}

#[test]
fn prose_counts_more_than_code() {
    let texts = ["```js\nplot(energy);\n```\n", "It draws the energy.\n"];
    let fields = |text| Fields { body: vec![text], ..Fields::default() };
    let index = Index::new(texts.into_iter().map(fields).enumerate());
    let docs: Vec<usize> = index.search("energy", 3).into_iter().map(|hit| hit.doc).collect();
    assert_eq!(docs, [1, 0]);
    assert_eq!(index.search("plot", 3)[0].doc, 0, "and code is found");
}

#[test]
fn a_skill_that_says_when_to_use_it_comes_first() {
    let texts = ["Draws bars in a chart", "Use when it draws bars in a chart"];
    let fields = |text| Fields { description: vec![text], ..Fields::default() };
    let index = Index::new(texts.into_iter().map(fields).enumerate());
    assert_eq!(index.search("bars chart", 1)[0].doc, 1);
}

#[test]
fn a_page_counts_what_is_wanted() {
    let index = index();
    let all = index.search("plot", 10);
    let (total, page) = index.page("plot", 1..2, |_| true);
    assert_eq!((total, page.as_slice()), (all.len(), &all[1..2]));
    let (total, page) = index.page("plot", 0..9, |doc| doc == 10);
    assert_eq!((total, page.len(), page[0].doc), (1, 1, 10));
    assert_eq!(index.page("plot", 7..9, |_| true), (3, Vec::new()));
}

#[test]
fn the_end_of_a_long_body_is_found() {
    let body = "filler word ".repeat(2000) + "zebra crossing";
    let long = || Fields { name: vec!["long"], body: vec![&body], ..Fields::default() };
    let mut index = Index::new([(3, long())]);
    let hits = index.search("zebra", 5);
    assert_eq!((hits.len(), hits[0].why[0].terms.as_slice()), (1, &["zebra".to_owned()][..]));
    assert!(index.remove(3) && !index.remove(3));
    assert_eq!((index.len(), index.search("zebra", 5)), (0, Vec::new()));
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

    #[test]
    fn changes_one_by_one_give_what_building_anew_gives(
        texts in prop::collection::vec("[a-e]{2,3}( [a-e]{2,3}){0,6}", 1..12),
        removed in prop::collection::vec(any::<bool>(), 12),
        query in "[a-e]{2,3}( [a-e]{2,3}){0,3}",
    ) {
        let fields = |i: usize, text| Fields { name: vec![text], body: vec![&texts[(i + 1) % texts.len()]], ..Fields::default() };
        let mut index = Index::new(texts.iter().rev().enumerate().map(|(i, text)| (i, fields(0, text))));
        for i in 0..texts.len() {
            index.remove(i);
        }
        let before = index.clone();
        for i in (0..texts.len()).rev() {
            index.insert(i, &fields(i, &texts[0]));
            index.insert(i, &fields(i, &texts[i]));
        }
        for i in (0..texts.len()).filter(|i| removed[*i]) {
            index.remove(i);
        }
        let left = (0..texts.len()).filter(|i| !removed[*i]);
        let anew = Index::new(left.map(|i| (i, fields(i, &texts[i]))));
        prop_assert_eq!(index.search(&query, 20), anew.search(&query, 20));
        prop_assert!(before.is_empty());
        let mut in_one_go = before;
        let gone = (0..texts.len()).filter(|i| removed[*i]);
        in_one_go.update([], texts.iter().enumerate().map(|(i, text)| (i, fields(i, text))));
        in_one_go.update(gone, []);
        prop_assert_eq!(in_one_go.search(&query, 20), anew.search(&query, 20));
    }
}
