//! From a prompt to features: word stems, pairs of neighbouring words, pieces
//! of words, topics (words without the frame of a request, synonyms as one), and
//! ties between topics.

use std::collections::{BTreeMap, BTreeSet};

use rust_stemmers::{Algorithm, Stemmer};

/// Words that frame any request in English: articles, pronouns, auxiliaries,
/// prepositions, question words, and the verbs with which people ask.
const FRAME: &str = "a an the of to in on at for from by with and or is are was were be been being \
    am do does did have has had i me my mine you your it its this that these those there here we \
    us our he she they them their his her can could would will shall should may might must if so \
    as but what which who whom whose when where why how please just some any all no not than then \
    too very much many about into over under out up down off again let get got want need like \
    tell know give show help make see find search locate look display print list output use using \
    command recursively";

/// English words that mean the same in most requests, one set per line.
const SYNONYMS: &str = "find search locate look seek
show display print list output
remove delete erase
make create build generate
buy purchase order
begin start launch
end finish stop quit
directory folder
big large huge
small little tiny
picture photo image
movie film
phone cellphone mobile
cost price fee charge
money cash fund
fix repair
help assist
need require must
allow permit let
decline reject deny refuse
fail failure unsuccessful
wrong incorrect mistake error
lost lose missing misplace
send transfer
change modify edit alter switch update
recursive recursively below under beneath subdirectory
car vehicle automobile
trip travel journey
job work employment
kid child
quick fast rapid
correct right
tell say speak talk
answer reply respond
happen occur
keep save store
contain include
match equal
similar same
total sum whole entire
count number many
biggest largest
newest latest recent
oldest earliest
every each all
about regarding concerning
verify check confirm
explain describe
current present
rename move
schedule appointment meeting
stolen steal theft
withdraw withdrawal
exchange convert conversion
identity identification
bill invoice
salary wage income paycheck pay
holiday vacation
doctor physician
food meal
ill sick
choose select pick
join merge combine
split divide separate
copy duplicate
compress zip archive
replace substitute
row line
word term
text string
user person people
machine computer host";

/// How many topics further on a topic is still tied to another.
const TIED_WITHIN: usize = 4;

/// What a text is made of, in the order of the text.
pub(super) struct Features {
    stems: Vec<String>,
    pairs: Vec<String>,
    pieces: Vec<String>,
    /// Stems with one stem for all synonyms, and whether each is of the frame.
    topics: BTreeSet<(String, bool)>,
    ties: BTreeSet<String>,
}

impl Features {
    /// The text without case, punctuation and endings of words.
    pub(super) fn wording(&self) -> String {
        self.stems.join(" ")
    }

    pub(super) fn words(&self) -> Vec<String> {
        self.stems.clone()
    }

    pub(super) fn phrases(&self) -> Vec<String> {
        self.stems.iter().chain(&self.pairs).cloned().collect()
    }

    pub(super) fn pieces(&self) -> Vec<String> {
        self.pieces.clone()
    }

    /// Two topics near one another each, whatever stands between them and whichever comes first:
    /// `change my PIN` and `my PIN has to be changed` share one.
    pub(super) fn ties(&self) -> Vec<String> {
        self.ties.iter().cloned().collect()
    }

    /// The topics, those of the frame marked.
    pub(super) fn topics(&self) -> Vec<String> {
        let marked = |(topic, of_frame): &(String, bool)| {
            if *of_frame { format!("~{topic}") } else { topic.clone() }
        };
        self.topics.iter().map(marked).collect()
    }
}

/// Every feature counts whole.
pub(super) fn even(_: &str, _: usize) -> f32 {
    1.0
}

/// What one text alone has makes it like no other.
pub(super) fn shared(_: &str, n_texts: usize) -> f32 {
    if n_texts < 2 { 0.0 } else { 1.0 }
}

/// A word of the frame says little, a word seen once matches nothing.
pub(super) fn topical(name: &str, n_texts: usize) -> f32 {
    (if n_texts < 2 { 0.5 } else { 1.0 }) * if name.starts_with('~') { 0.3 } else { 1.0 }
}

/// Reads texts. Made once, as it holds the lexicon by stem.
pub(super) struct Reader {
    stemmer: Stemmer,
    frame: Vec<String>,
    synonyms: BTreeMap<String, String>,
}

impl Reader {
    pub(super) fn new() -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let stem = |word: &str| stemmer.stem(word).into_owned();
        let mut frame: Vec<_> = FRAME.split_whitespace().map(stem).collect();
        frame.sort_unstable();
        let mut synonyms = BTreeMap::new();
        for set in SYNONYMS.lines() {
            let mut stems = set.split_whitespace().map(stem);
            let Some(first) = stems.next() else { continue };
            for other in stems {
                synonyms.entry(other).or_insert_with(|| first.clone());
            }
        }
        Self { stemmer, frame, synonyms }
    }

    pub(super) fn read(&self, text: &str) -> Features {
        let words = words(text);
        let stems: Vec<_> = words
            .iter()
            .map(|word| {
                if word.chars().all(char::is_alphabetic) {
                    self.stemmer.stem(word).into_owned()
                } else {
                    word.clone()
                }
            })
            .collect();
        let mut pairs = Vec::with_capacity(stems.len() + 1);
        let mut before = "^";
        let end = (!stems.is_empty()).then_some("$");
        for stem in stems.iter().map(String::as_str).chain(end) {
            pairs.push(format!("{before} {stem}"));
            before = stem;
        }
        let topics = stems
            .iter()
            .map(|stem| {
                let topic = self.synonyms.get(stem).unwrap_or(stem);
                (topic.clone(), self.frame.binary_search(topic).is_ok())
            })
            .collect::<Vec<_>>();
        Features {
            pairs,
            pieces: words.iter().flat_map(|word| pieces(word)).collect(),
            ties: ties(&topics),
            topics: topics.into_iter().collect(),
            stems,
        }
    }
}

/// Topics outside the frame, each with the next few.
fn ties(topics: &[(String, bool)]) -> BTreeSet<String> {
    let telling: Vec<&str> =
        topics.iter().filter(|(_, of_frame)| !of_frame).map(|(topic, _)| topic.as_str()).collect();
    let mut ties = BTreeSet::new();
    for (at, one) in telling.iter().enumerate() {
        for other in telling.iter().skip(at + 1).take(TIED_WITHIN).filter(|other| *other != one) {
            ties.insert(format!("{} {}", one.min(other), one.max(other)));
        }
    }
    ties
}

/// The words of a text in lower case; a contraction gives its first word, and
/// `not` when it denies.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('\u{2019}', "'").replace("n't", " not");
    let mut words = Vec::new();
    for run in lower.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        let mut parts = run.split('\'').filter(|part| !part.is_empty()).peekable();
        let mut first = true;
        while let Some(part) = parts.next() {
            let suffix = matches!(part, "s" | "re" | "ve" | "ll" | "d" | "m");
            if first || parts.peek().is_some() || !suffix {
                words.push(part.to_owned());
            }
            first = false;
        }
    }
    words
}

/// Runs of three to five characters of a word, its borders marked.
fn pieces(word: &str) -> Vec<String> {
    let marked: Vec<char> = [' '].into_iter().chain(word.chars().take(48)).chain([' ']).collect();
    (3..=5).flat_map(|len| marked.windows(len).map(|piece| piece.iter().collect())).collect()
}
