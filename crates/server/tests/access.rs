//! No sequence of calls, through any door, reads or writes what the specification forbids.
//!
//! The volumes note every touch; an oracle that was written from the specification says of each whether it was
//! allowed. Calls are made up from the description of the API, so that every route is tried, with people, teams,
//! volumes, commits and proposals that exist and that do not. Members come and go between the calls.
//!
//! `LLMOS_ACCESS_SEQUENCES` says how many sequences are tried.

#[path = "access/calls.rs"]
mod calls;
#[path = "access/chance.rs"]
mod chance;
#[path = "access/direct.rs"]
mod direct;
#[path = "access/heard.rs"]
mod heard;
#[path = "access/oracle.rs"]
mod oracle;
#[path = "access/spy.rs"]
mod spy;
#[path = "access/world.rs"]
mod world;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, header},
};
use tokio_stream::StreamExt;
use tower::ServiceExt;

use crate::{
    calls::{Call, Routes},
    chance::Chance,
    oracle::{Who, allows, reads},
    spy::Touch,
    world::{TEAMS, USERS, VOLUMES, World, marker},
};

/// How many sequences are tried where nobody says how many.
const SEQUENCES: u64 = 800;

/// With so many calls every route is reached by one that is answered; some ask for much to come together.
const ENOUGH_FOR_EVERY_ROUTE: u64 = 100_000;

/// What no call of this world can end well: there is no other host, no model, nothing learned, nothing asked, and no link whose
/// token was told; jobs run by hand, see `direct`. Their doors are tried all the same, and must not read or write.
const NEVER_ANSWERED: [&str; 7] = [
    "/chat/asks/{ask_id}",
    "/crons/{id}",
    "/drafts/{draft_id}",
    "/models/settings",
    "/shared/session",
    "/volumes/remote",
    "/traces/{trace_id}/feedback",
];

/// The most calls of a sequence.
const MAX_CALLS: usize = 10;

/// How often what came out.
#[derive(Default)]
struct Tally {
    n_calls: u64,
    /// By route: answered, refused.
    routes: BTreeMap<String, [u64; 2]>,
    writes: BTreeMap<String, u64>,
}

#[test]
fn no_sequence_of_calls_reads_or_writes_what_the_table_forbids() {
    let asked = std::env::var("LLMOS_ACCESS_SEQUENCES").ok().and_then(|text| text.parse().ok());
    let n_sequences: u64 = asked.unwrap_or(SEQUENCES);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("there is room for one");
    let routes = Routes::read();
    let mut tally = Tally::default();
    let mut world = World::new();
    for seed in 0..n_sequences {
        let mut chance = Chance::new(seed);
        world.reset(chance.percent(20));
        let mut told = Vec::new();
        for _ in 0..=chance.below(MAX_CALLS) {
            if chance.percent(10) {
                told.push(somebody_comes_or_goes(&mut world, &mut chance));
            } else if chance.percent(12) {
                let (who, call) = direct::job(&world, &mut chance);
                told.push(format!("{who:?}: {call}"));
                judge(&world, &who, &call, &told, seed, &mut tally);
            } else {
                let call = routes.call(&mut chance, &world);
                told.push(format!("{call:?}"));
                let text = runtime.block_on(send(&world, &call, &mut tally));
                let who = who(&world, &call);
                judge(&world, &who, &call.route, &told, seed, &mut tally);
                keeps_quiet(&world, &who, &text, &told, seed);
            }
            world.learn();
        }
    }
    if n_sequences >= SEQUENCES {
        is_worth_something(&tally);
    }
}

/// A property that is never at stake would always hold.
#[expect(clippy::print_stdout, reason = "whoever runs it with `--no-capture` sees what was tried")]
fn is_worth_something(tally: &Tally) {
    println!("{} calls; answered and refused: {:#?}", tally.n_calls, tally.routes);
    println!("written: {:#?}", tally.writes);
    for (route, [answered, _]) in &tally.routes {
        let path = route.split_once(' ').map_or("", |(_, path)| path);
        let may_never = NEVER_ANSWERED.iter().any(|never| path.starts_with(never));
        let enough = tally.n_calls >= ENOUGH_FOR_EVERY_ROUTE && !may_never;
        assert!(*answered > 0 || !enough, "no call of `{route}` ever succeeded");
    }
    for volume in ["user/ana", "team/atlas", "system"] {
        assert!(tally.writes.contains_key(&format!("main of {volume}")), "nobody changed {volume}");
    }
    assert!(tally.writes.contains_key("a proposal for team/atlas"), "nobody proposed");
    for volume in ["user/ana", "team/atlas", "system"] {
        let what = format!("a session of {volume}");
        assert!(tally.writes.contains_key(&what), "nobody talked in {volume}");
    }
}

async fn send(world: &World, call: &Call, tally: &mut Tally) -> String {
    let request = Request::builder().method(call.method.clone()).uri(&call.uri);
    let request =
        request.header(header::HOST, "localhost").header(header::CONTENT_TYPE, "application/json");
    let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let request = request.body(Body::from(body)).expect("it is a request");
    let response = world.router.clone().oneshot(request).await.expect("the router never fails");
    let status = response.status();
    let bytes = match call.route == "/events" {
        // It goes on for ever, and tells at the beginning what it may tell.
        true => response
            .into_body()
            .into_data_stream()
            .next()
            .await
            .transpose()
            .map(Option::unwrap_or_default),
        false => axum::body::to_bytes(response.into_body(), usize::MAX).await,
    };
    let bytes = bytes.expect("it is in memory");
    assert!(!status.is_server_error(), "{call:?}: {}", String::from_utf8_lossy(&bytes));
    let answered = tally.routes.entry(format!("{} {}", call.method, call.route)).or_default();
    answered[usize::from(!status.is_success())] += 1;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Who a call acts for.
fn who(world: &World, call: &Call) -> Who {
    if !world.local {
        return Who::User(call.user.clone());
    }
    let mut teams = call.teams.clone();
    // Whoever asks about all proposals or teams of their own machine names all of them.
    if call.route.starts_with("/proposals") || call.route == "/teams" {
        teams.extend(TEAMS.map(str::to_owned));
    }
    Who::Local(call.user.clone(), teams)
}

fn judge(world: &World, who: &Who, call: &str, told: &[String], seed: u64, tally: &mut Tally) {
    tally.n_calls += 1;
    for touch in world.spy.take().into_iter().chain(world.heard.take()) {
        assert!(
            allows(&world.people, who, call, &touch),
            "seed {seed}: {who:?} may not do this: {touch:?}\n{:?}\n{}",
            world.people,
            told.join("\n")
        );
        let what = match &touch {
            Touch::Write(volume, branch) if branch == "main" => format!("main of {volume}"),
            Touch::Write(volume, _) => format!("a proposal for {volume}"),
            Touch::Talk(volume) => format!("a session of {volume}"),
            Touch::Read(_) | Touch::Look(..) | Touch::Begin(_) => continue,
        };
        *tally.writes.entry(what).or_default() += 1;
    }
}

/// No answer holds what stands in a volume that is closed to whoever asked.
fn keeps_quiet(world: &World, who: &Who, text: &str, told: &[String], seed: u64) {
    for volume in VOLUMES {
        let open = reads(&world.people, who, &volume.parse().expect("it is a volume"));
        // The name of a session and what is said in it say where it is from.
        let open = open || world.offers(volume).iter().any(|team| reads(&world.people, who, team));
        assert!(
            open || !text.contains(&marker(volume)),
            "seed {seed}: {who:?} was told of {volume}: {text}\n{}",
            told.join("\n")
        );
    }
}

/// Changes who is what: it counts from the next call on.
fn somebody_comes_or_goes(world: &mut World, chance: &mut Chance) -> String {
    let user = chance.of(&USERS[..5]).to_string();
    let team = chance.of(&TEAMS[..2]).to_string();
    let roles = world.people.teams.get_mut(&team).expect("it is a team");
    let others_decide = roles.iter().any(|(other, admin)| *admin && *other != user);
    let what = match roles.get(&user) {
        Some(_) if others_decide && chance.percent(60) => {
            roles.remove(&user);
            "leaves"
        }
        Some(_) => {
            roles.insert(user.clone(), true);
            "is admin of"
        }
        None => {
            roles.insert(user.clone(), false);
            "joins"
        }
    };
    world.tell();
    format!("{user} {what} {team}")
}
