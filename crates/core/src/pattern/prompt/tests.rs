use super::{Pattern, Prompt, Seen, find};

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    let prompts: Vec<_> = texts.iter().map(|text| Prompt { text, ..Prompt::default() }).collect();
    find(&prompts)
}

#[track_caller]
fn check(texts: &[&str], want: &[(&[usize], &str)]) {
    let got = patterns(texts);
    let got: Vec<_> = got.iter().map(|p| (&p.members[..], p.description.as_str())).collect();
    assert_eq!(got, want);
}

#[test]
fn paraphrases_are_one_task_and_the_rest_stays_out() {
    check(
        &[
            "plot the energy of the VQE run",
            "what is the weather in Lyon",
            "please plot the VQE energy",
            "translate this letter to Greek",
            "could you plot energies of my VQE runs?",
            "book a table for nine",
        ],
        &[(&[0, 2, 4], "plot the energy of the VQE run")],
    );
}

#[test]
fn two_prompts_are_no_pattern() {
    check(&["plot the energy", "plot the energy", "sing a song", "walk the dog"], &[]);
    check(&["one", "two"], &[]);
    check(&[], &[]);
}

#[test]
fn equal_prompts_are_one_task_with_full_confidence() {
    let found = patterns(&["list the open issues"; 4]);
    let want = (vec![0, 1, 2, 3], "list the open issues");
    let got: Vec<_> = found.iter().map(|p| (p.members.clone(), p.description.as_str())).collect();
    assert_eq!(got, [want]);
}

#[test]
fn prompts_without_words_are_in_no_pattern() {
    check(&["", "?!", "   ", "\u{0}", "…"], &[]);
}

#[test]
fn long_prompts_are_described_in_one_short_line() {
    let long = format!("summarise\nthe report {}", "very ".repeat(40));
    for pattern in patterns(&[&long, &long, &long, "sing a song", "walk the dog"]) {
        assert!(pattern.description.chars().count() <= 81, "{pattern:?}");
        assert!(!pattern.description.contains('\n'), "{pattern:?}");
    }
}

#[test]
fn the_same_stream_gives_the_same_patterns() {
    let texts: Vec<String> =
        (0..60).map(|i| format!("task {} about item {}", i % 7, i % 11)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(patterns(&texts), patterns(&texts));
}

#[test]
fn a_pattern_counts_what_is_known_of_its_members() {
    let prompt = |text, success| {
        let seen = Seen { user: "ana".parse().ok(), success, ..Seen::default() };
        Prompt { id: "", text, seen }
    };
    let found = find(&[
        prompt("list the open issues", Some(true)),
        prompt("sing a song", Some(false)),
        prompt("list the open issues", None),
        prompt("list the open issues", Some(true)),
    ]);
    assert_eq!((found[0].evidence.count, found[0].evidence.success_rate()), (3, Some(1.0)));
    assert_eq!(found[0].evidence.users.values().sum::<usize>(), 3);
}
