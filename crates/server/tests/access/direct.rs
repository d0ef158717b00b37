//! Calls of the workbench itself, in the name of jobs: the doors have none for these yet.

use llmos_api::{
    proposal::{DecideProposal, ProposeSkill},
    skill::{CreateSkill, PromoteSkill, UpdateSkill},
};
use llmos_core::store::CommitId;
use llmos_workbench::{Caller, HistoryFilter, Page, SkillFilter};

use crate::{
    chance::Chance,
    oracle::Who,
    world::{SKILLS, TEAMS, VOLUMES, World, skill},
};

/// Lets a job do something, and says who did what.
pub(crate) fn job(world: &World, chance: &mut Chance) -> (Who, String) {
    let team = chance.of(&TEAMS[..2]).to_string();
    let (who, caller) = if chance.percent(50) {
        let caller = world.workbench.team_cron(&team.parse().expect("it is a slug"));
        (Who::TeamCron(team.clone()), caller.expect("it is a team"))
    } else {
        (Who::SystemCron, world.workbench.system_cron())
    };
    if world.local {
        // Without members everybody is the one person: the job reads the volumes that there are.
        world.spy.take();
        return (who, "nothing".to_owned());
    }
    let call = act(world, chance, &caller, &team);
    (who, call)
}

fn act(world: &World, chance: &mut Chance, caller: &Caller, team: &str) -> String {
    let bench = &world.workbench;
    let volume = chance.of(&VOLUMES).to_string();
    let id = chance.of(&SKILLS[..3]).to_string();
    let slug = id.parse().expect("it is a slug");
    let commit = CommitId(chance.of(&world.ids).clone());
    let text = format!("text {}", chance.below(3));
    let at = volume.parse().expect("it is a volume");
    let decide = DecideProposal { reason: text.clone(), own: true, ..DecideProposal::default() };
    // Whether it works is not what is asked here.
    match chance.below(9) {
        0 => drop(bench.list_skills(
            caller,
            &SkillFilter { q: None, category: None, kind: None, page: page() },
        )),
        1 => drop(bench.read_skill(caller, &slug, Some(&at), None)),
        2 => {
            let source = Some(skill(&id, &text));
            let asked =
                CreateSkill { volume: Some(volume.clone()), source, ..CreateSkill::default() };
            drop(bench.create_skill(caller, &asked));
        }
        3 => {
            let asked = UpdateSkill {
                volume: Some(volume.clone()),
                description: Some(text),
                ..UpdateSkill::default()
            };
            drop(bench.update_skill(caller, &slug, None, &asked));
        }
        4 => {
            let volume = Some(at);
            let filter = HistoryFilter { volume, path: None, from: None, limit: 9, words: true };
            drop(bench.volume_history(caller, &filter));
        }
        5 => {
            let asked = PromoteSkill {
                team_id: Some(team.to_owned()),
                to: Some(volume.clone()),
                skill_id: id,
                reason: text,
                ..PromoteSkill::default()
            };
            drop(bench.promote_skill(caller, &asked));
        }
        6 => {
            let asked = ProposeSkill {
                team_id: Some(team.to_owned()),
                to: Some(volume.clone()),
                skill_id: id,
                reason: text,
                ..ProposeSkill::default()
            };
            drop(bench.propose_skill(caller, &asked));
        }
        7 => drop(bench.approve_proposal(caller, &commit, Some(&at), &decide)),
        _ => drop(bench.decline_proposal(caller, &commit, Some(&at), &decide)),
    }
    format!("something with {volume}")
}

fn page() -> Page {
    Page::new(Some(100), None).expect("it is a page")
}
