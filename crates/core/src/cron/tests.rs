use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::slug::Slug;

fn at(text: &str) -> Timestamp {
    text.parse().expect("it is a time")
}

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn berlin() -> Zone {
    let rules = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("it is a rule");
    Zone::new("Europe/Berlin", rules)
}

#[track_caller]
fn check(pattern: &str, zone: &Zone, now: &str, want: &str) {
    let schedule = Schedule { pattern: pattern.to_owned(), zone: zone.name().to_owned() };
    let got = schedule.next_after(at(now), zone).map_err(|error| error.to_string());
    assert_eq!(got, Ok(at(want)), "`{pattern}` in {} after {now}", zone.name());
}

#[test]
fn users_are_due_daily_teams_weekly_and_the_system_monthly() {
    let cases = [
        ("user-ana", "2026-11-20T03:00:00Z", "2026-11-21T03:00:00Z"),
        ("user-ana", "2026-11-20T02:59:59.9Z", "2026-11-20T03:00:00Z"),
        ("team-atlas", "2026-11-20T12:00:00Z", "2026-11-23T04:00:00Z"),
        ("system", "2026-11-20T12:00:00Z", "2026-12-01T05:00:00Z"),
        ("system", "2026-12-01T05:00:00Z", "2027-01-01T05:00:00Z"),
    ];
    for (id, now, want) in cases {
        let schedule = Schedule::usual(&id.parse().expect("it is an id"), &Zone::utc());
        check(&schedule.pattern, &Zone::utc(), now, want);
    }
}

#[test]
fn whatever_was_missed_is_made_up_once() {
    let schedule = Schedule::usual(&"user-ana".parse().expect("it is an id"), &Zone::utc());
    let after_a_month_off = at("2026-12-20T09:12:00Z");
    let next = schedule.next_after(after_a_month_off, &Zone::utc());
    assert_eq!(next, Ok(at("2026-12-21T03:00:00Z")));
}

#[test]
fn a_time_that_spring_leaves_out_and_one_that_autumn_shows_twice_are_each_due_once() {
    let zone = berlin();
    // The clock goes from 02:00 to 03:00.
    check("30 2 * * *", &zone, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z");
    check("30 2 * * *", &zone, "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    // From 03:00 back to 02:00.
    check("30 2 * * *", &zone, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z");
    check("30 2 * * *", &zone, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    // Three in the morning is another moment in summer than in winter.
    check("0 3 * * *", &zone, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z");
    check("0 3 * * *", &zone, "2026-10-24T12:00:00Z", "2026-10-25T02:00:00Z");
    check("0 3 * * *", &zone, "2026-07-01T12:00:00Z", "2026-07-02T01:00:00Z");
}

#[test]
fn a_year_of_days_has_a_run_on_each_of_them() {
    let zone = berlin();
    let schedule = Schedule { pattern: "30 2 * * *".to_owned(), zone: zone.name().to_owned() };
    let mut now = at("2026-01-01T12:00:00Z");
    let mut days = std::collections::BTreeSet::new();
    for _ in 0..365 {
        now = schedule.next_after(now, &zone).expect("there is a next time");
        let rules = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("it is a rule");
        days.insert(now.to_zoned(rules).date().to_string());
    }
    assert_eq!(days.len(), 365);
}

#[test]
fn a_pattern_that_is_none_says_so() {
    for pattern in
        ["", "* * *", "61 * * * *", "0 0 3 * * * *", "every day", "0 3 * * * *", "0 0 30 2 *"]
    {
        let schedule = Schedule { pattern: pattern.to_owned(), zone: "UTC".to_owned() };
        let error = schedule.next_after(at("2026-11-20T00:00:00Z"), &Zone::utc());
        let error = error.expect_err(pattern);
        assert!(error.to_string().starts_with(&format!("`{pattern}` is no schedule: ")), "{error}");
    }
}

#[test]
fn ids_explain_what_is_wrong() {
    let cases = [
        ("", "`` is no cron: unknown volume kind ``"),
        ("user", "`user` is no cron: a `user` volume needs a name"),
        ("user-", "`user-` is no cron: bad volume name: the name is empty"),
        ("system-x", "`system-x` is no cron: the `system` volume takes no name"),
        ("user-../x", "`user-../x` is no cron: bad volume name: the name holds `.` at position 1"),
    ];
    for (text, want) in cases {
        let got = text.parse::<CronId>().map_err(|error| error.to_string());
        assert_eq!(got, Err(want.to_owned()), "input: {text:?}");
    }
}

#[test]
fn the_access_table_decides_who_sees_and_who_starts_a_cron() {
    let teams = [(slug("atlas"), crate::access::TeamRole::Member)].into();
    let member = Actor::Person { user: slug("ana"), teams, system_admin: false };
    let local = Actor::local(slug("ana"), [slug("atlas")]);
    let admin = Actor::Person { user: slug("root"), teams: [].into(), system_admin: true };
    let team = Actor::TeamCron { team: slug("atlas"), members: [slug("ana")].into() };
    let cases = [
        (&member, "user-ana", true, true),
        (&member, "user-bo", false, false),
        (&member, "team-atlas", true, true),
        (&member, "team-other", false, false),
        (&member, "system", true, false),
        (&local, "user-ana", true, true),
        (&local, "user-bo", false, false),
        (&local, "team-atlas", true, true),
        (&local, "system", true, true),
        (&admin, "system", true, true),
        (&admin, "user-ana", false, false),
        (&team, "user-ana", true, false),
        (&team, "team-atlas", true, true),
    ];
    for (actor, id, see, run) in cases {
        let id: CronId = id.parse().expect("it is an id");
        let got = (check_see(actor, &id).is_ok(), check_run(actor, &id).is_ok());
        assert_eq!(got, (see, run), "{} and {id}", actor.name());
    }
    let refusal = check_run(&member, &CronId::of(VolumeId::System)).expect_err("no administrator");
    assert_eq!(refusal.to_string(), "`ana` may not start the cron of volume `system`");
}

proptest! {
    #[test]
    fn format_then_parse_is_identity(name in "[a-z0-9]{1,8}([-_][a-z0-9]{1,8}){0,3}") {
        let name = slug(&name);
        for volume in [VolumeId::System, VolumeId::Team(name.clone()), VolumeId::User(name)] {
            let id = CronId::of(volume);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn what_is_due_next_is_later_and_nothing_lies_between(seconds in 1_700_000_000_i64..1_900_000_000, which in 0..3_usize) {
        let id: CronId = ["user-a", "team-a", "system"][which].parse().expect("it is an id");
        let schedule = Schedule::usual(&id, &berlin());
        let now = Timestamp::from_second(seconds).expect("it is of this century");
        let next = schedule.next_after(now, &berlin()).expect("there is a next time");
        let before = schedule.last_before(next, &berlin()).expect("there was one before");
        prop_assert!(before <= now && now < next, "{before} <= {now} < {next}");
    }
}
