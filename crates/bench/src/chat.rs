//! What a chat costs beside the model's own time: with ten thousand skills, with a
//! model that answers at once and with none, and how soon its first word is there.
//!
//! Nine of ten skills, and all questions, are real ones of `3_retrieval` where that is at hand; else they are made up.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    client::{Client, throughput},
    data::{lines, text},
    server::Server,
    table::{Table, count, time},
    volume::{self, Choice},
};

const SKILLS: usize = 10_000;
const ASKED: usize = 300;
const CLIENTS: usize = 16;
const ROUNDS: usize = 3;
const LASTING: Duration = Duration::from_secs(3);

/// The port of another server with the same route and as many skills, to be asked in turns.
const BESIDE: &str = "LLMOS_BENCH_BESIDE";

/// The team that the other server is told: the predecessor wants one.
const TEAM: &str = "made";

/// What people ask, and what about.
struct Matter {
    skills: Vec<(String, String)>,
    questions: Vec<String>,
}

impl Matter {
    fn read() -> Result<Self> {
        let data = lines("3_retrieval/index.jsonl")?.zip(lines("3_retrieval/queries_dev.jsonl")?);
        let Some((real, asked)) = data else { return Ok(Self::made()) };
        let skills = (0..SKILLS).map(|n| match n % 10 {
            1 => made(n),
            _ => (
                format!("{}-{n:05}", text(&real[n % real.len()], "id")),
                real_skill(&real[n % real.len()]),
            ),
        });
        let english = asked.iter().filter(|asked| asked["lang"] == "en");
        let questions = english.map(|asked| text(asked, "query").to_owned()).collect();
        Ok(Self { skills: skills.collect(), questions })
    }

    fn made() -> Self {
        let question = |n: u64| format!("How do I {}?", Choice::new(n + 1).words(6));
        Self {
            skills: (0..SKILLS).map(made).collect(),
            questions: (0..1000).map(question).collect(),
        }
    }

    fn question(&self, n: usize) -> &str {
        &self.questions[n % self.questions.len()]
    }
}

fn made(n: usize) -> (String, String) {
    (format!("made-{n:05}"), volume::skill(n))
}

/// The file of a skill of the data: a text of JSON is one of YAML too.
fn real_skill(skill: &Value) -> String {
    let field = |key: &str| format!("{key}: {}\n", skill[key]);
    let head: String = ["name", "description", "category"].map(field).concat();
    format!("---\n{head}keywords: {}\n---\n\n{}\n", skill["tags"], text(skill, "body"))
}

/// Measures and returns a table.
pub(crate) fn run(program: &Path) -> Result<Table> {
    let matter = Arc::new(Matter::read()?);
    let mut table = Table::new(&["what", "median", "99 %", "requests/s", "beside"]);
    let model = QuickModel::start()?;
    let address = format!("http://127.0.0.1:{}/v1", model.port);
    let quick = [("LLMOS_MODEL_URL", address.as_str()), ("LLMOS_MODEL", "quick")];
    let beside = std::env::var(BESIDE).ok().map(|port| port.parse()).transpose();
    let beside: Option<u16> = beside.with_context(|| format!("`{BESIDE}` is no port"))?;

    for (name, env) in [
        ("no model connected", &[("LLMOS_MODEL", "none")][..]),
        ("a model that answers at once", &quick),
    ] {
        let side = Side::start(program, &matter, env)?;
        let [median, late] = side.one_client()?;
        let what = format!("`POST /chat`, {name}");
        table.row([what.clone(), time(median), time(late), String::new(), String::new()]);
        let (ours, ratio) = in_turns(&matter, side.server.port, beside)?;
        let ratio = ratio.map_or_else(String::new, |(theirs, ratio)| {
            format!("× {ratio:.0} of the other server ({theirs:.1}/s)")
        });
        let what = format!("{what}, {} clients", count(CLIENTS));
        table.row([what, String::new(), String::new(), format!("{ours:.0}"), ratio]);
    }

    let side = Side::start(program, &matter, &quick)?;
    let [median, late] = side.first_words(&model)?;
    table.row([
        "first word in `POST /chat/stream`, from when the model sent it".to_owned(),
        time(median),
        time(late),
        String::new(),
        String::new(),
    ]);
    Ok(table)
}

/// A server with many skills.
struct Side {
    server: Server,
    matter: Arc<Matter>,
    _folder: TempDir,
}

impl Side {
    fn start(program: &Path, matter: &Arc<Matter>, env: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir_in(".")?;
        volume::make_of(&folder.path().join("users/local"), matter.skills.iter().cloned())?;
        let server = Server::start_with(program, folder.path(), env)?;
        // Nobody talks about skills that were never looked at.
        ask(&mut Client::connect(server.port)?, matter.question(0), None)?;
        Ok(Self { server, matter: Arc::clone(matter), _folder: folder })
    }

    fn one_client(&self) -> Result<[Duration; 2]> {
        let mut client = Client::connect(self.server.port)?;
        let one = |n| {
            let started = Instant::now();
            ask(&mut client, self.matter.question(n), None)?;
            Ok(started.elapsed())
        };
        spread((0..ASKED).map(one).collect::<Result<_>>()?)
    }

    /// How long the first words of answers are on their way.
    fn first_words(&self, model: &QuickModel) -> Result<[Duration; 2]> {
        let one = |n| {
            let mut stream = TcpStream::connect(("127.0.0.1", self.server.port))?;
            stream.set_nodelay(true)?;
            let body = body(self.matter.question(n), None).to_string();
            write!(
                stream,
                "POST /chat/stream HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
                 Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
                self.server.port,
                body.len()
            )?;
            let mut there = None;
            for line in BufReader::new(stream).lines() {
                if line?.contains("\"type\":\"text\"") && there.is_none() {
                    there = Some(Instant::now());
                }
            }
            let sent = *model.sent.lock().unwrap_or_else(PoisonError::into_inner);
            let (there, sent) = there.zip(sent).context("no word came")?;
            Ok(there.saturating_duration_since(sent))
        };
        spread((0..ASKED).map(one).collect::<Result<_>>()?)
    }
}

/// Returns the median, and what one in a hundred is above.
fn spread(mut times: Vec<Duration>) -> Result<[Duration; 2]> {
    ensure!(!times.is_empty(), "nothing was asked");
    times.sort();
    Ok([times[times.len() / 2], times[times.len() * 99 / 100]])
}

/// Requests per second of ours, and of the other with the ratio: the median of rounds in turns.
fn in_turns(matter: &Matter, ours: u16, other: Option<u16>) -> Result<(f64, Option<(f64, f64)>)> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let theirs = other.map(|port| many_clients(matter, port, Some(TEAM))).transpose()?;
        rounds.push((many_clients(matter, ours, None)?, theirs));
    }
    let ratio = |&(ours, theirs): &(f64, Option<f64>)| theirs.map_or(ours, |it| ours / it);
    rounds.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let (ours, theirs) = rounds[ROUNDS / 2];
    Ok((ours, theirs.map(|theirs| (theirs, ours / theirs))))
}

/// How many requests per second are answered when many ask at once.
fn many_clients(matter: &Matter, port: u16, team: Option<&str>) -> Result<f64> {
    throughput(port, CLIENTS, LASTING, |client, [number, n_asked]| {
        ask(client, matter.question(number * 97 + n_asked), team)
    })
}

fn ask(client: &mut Client, question: &str, team: Option<&str>) -> Result<()> {
    let answer = client.ask("POST", "/chat", Some(&body(question, team)))?;
    ensure!(answer["response"].as_str().is_some_and(|said| !said.is_empty()), "nothing was said");
    Ok(())
}

fn body(question: &str, team: Option<&str>) -> Value {
    json!({ "user_id": "local", "team_id": team, "message": question })
}

/// A model that answers as soon as it is asked, in the form of OpenAI's API.
struct QuickModel {
    port: u16,
    /// When it last began to answer.
    sent: Arc<Mutex<Option<Instant>>>,
}

impl QuickModel {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let sent = Arc::new(Mutex::new(None));
        let told = Arc::clone(&sent);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sent = Arc::clone(&told);
                // A client that goes away ends its connection, and nothing else.
                thread::spawn(move || serve(stream, &sent));
            }
        });
        Ok(Self { port, sent })
    }
}

/// Answers what comes on one connection.
fn serve(stream: TcpStream, sent: &Mutex<Option<Instant>>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.trim_end().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let stream = reader.get_mut();
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let delta = |delta: Value, end: Value| {
            json!({ "id": "1", "object": "chat.completion.chunk", "model": "quick",
                "choices": [{ "index": 0, "delta": delta, "finish_reason": end }] })
        };
        let usage = json!({ "id": "1", "object": "chat.completion.chunk", "model": "quick", "choices": [],
            "usage": { "prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020 } });
        let mut events = String::new();
        for event in [
            delta(json!({ "role": "assistant", "content": "Use the first skill" }), Value::Null),
            delta(json!({ "content": " and plot what it gives." }), Value::Null),
            delta(json!({}), json!("stop")),
            usage,
        ] {
            events.push_str(&format!("data: {event}\n\n"));
        }
        events.push_str("data: [DONE]\n\n");
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
             {:x}\r\n{events}\r\n0\r\n\r\n",
            events.len()
        )?;
    }
}
