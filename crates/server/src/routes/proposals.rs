//! Proposals.

use axum::{Json, extract::State, http::StatusCode};
use llmos_api::{
    problem::Problem,
    proposal::{
        DecideProposal, DecidedProposal, ProposalList, ProposalState, ProposalSummary,
        ProposalView, ProposeSkill,
    },
};
use llmos_core::{store::CommitId, volume::VolumeId};
use llmos_workbench::{Caller, Error, Workbench, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, propose))
        .routes(routes!(show))
        .routes(routes!(approve))
        .routes(routes!(decline))
        .routes(routes!(revert))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListProposals {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// Only those for this volume: `team/<id>` or `system`.
    volume: Option<String>,
    /// Only those that are there.
    state: Option<ProposalState>,
}

/// List proposals
///
/// Those for the volumes that the caller reads together with others: the open ones first, then the decided ones, each
/// newest first.
#[utoipa::path(get, path = "/proposals", tag = "proposals", params(ListProposals), responses(
    (status = 200, body = ProposalList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListProposals>,
) -> Result<Json<ProposalList>, ApiError> {
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let caller = caller(&app, asked.user_id.as_deref(), asked.team_id.as_deref(), volume.as_ref())?;
    let state = asked.state;
    blocking(move || app.workbench.list_proposals(&caller, volume.as_ref(), state)).await.map(Json)
}

/// Propose a skill to a team, or one of a team to everybody
///
/// A copy of the skill goes on the branch `pr/<user>/<skill>` of the volume that is asked. What was proposed before
/// from the same place is replaced, under another id.
#[utoipa::path(post, path = "/proposals", tag = "proposals", request_body = ProposeSkill, responses(
    (status = 201, body = ProposalSummary),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn propose(
    State(app): State<App>,
    Body(asked): Body<ProposeSkill>,
) -> Result<(StatusCode, Json<ProposalSummary>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let made = blocking(move || app.workbench.propose_skill(&caller, &asked)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadProposal {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in; that of `volume` when left out.
    team_id: Option<String>,
    /// The volume that is asked; looked for when left out.
    volume: Option<String>,
}

/// Read a proposal
///
/// What is different by field and by line, with everything made visible that cannot be seen; what the skill may do;
/// and what was checked. One with a failed check cannot be approved.
#[utoipa::path(get, path = "/proposals/{id}", tag = "proposals",
    params(("id" = String, Path, description = "The commit that is proposed"), ReadProposal), responses(
    (status = 200, body = ProposalView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadProposal>,
) -> Result<Json<ProposalView>, ApiError> {
    let id = ids::commit("id", &id)?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let caller = caller(&app, asked.user_id.as_deref(), asked.team_id.as_deref(), volume.as_ref())?;
    blocking(move || app.workbench.read_proposal(&caller, &id, volume.as_ref())).await.map(Json)
}

/// Approve a proposal
///
/// Merges exactly the commit that the id names. Needs an admin of the volume; whoever approves their own proposal has
/// to say so with `own`.
#[utoipa::path(post, path = "/proposals/{id}/approve", tag = "proposals", request_body = DecideProposal,
    params(("id" = String, Path, description = "The commit that is proposed")), responses(
    (status = 200, body = DecidedProposal),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn approve(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideProposal>,
) -> Result<Json<DecidedProposal>, ApiError> {
    decide(app, &id, asked, Workbench::approve_proposal).await
}

/// Decline a proposal, or withdraw one's own
///
/// Needs a reason. The branch stays, with the skill as it was and the reason in its newest commit.
#[utoipa::path(post, path = "/proposals/{id}/decline", tag = "proposals", request_body = DecideProposal,
    params(("id" = String, Path, description = "The commit that is proposed")), responses(
    (status = 200, body = DecidedProposal),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn decline(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideProposal>,
) -> Result<Json<DecidedProposal>, ApiError> {
    decide(app, &id, asked, Workbench::decline_proposal).await
}

/// Take a merged proposal back
///
/// Puts the skill back as it was before, in a new commit, if nobody changed it since. Needs a reason.
#[utoipa::path(post, path = "/proposals/{id}/revert", tag = "proposals", request_body = DecideProposal,
    params(("id" = String, Path, description = "The commit that was proposed")), responses(
    (status = 200, body = DecidedProposal),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn revert(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideProposal>,
) -> Result<Json<DecidedProposal>, ApiError> {
    decide(app, &id, asked, Workbench::revert_proposal).await
}

type Deciding = fn(
    &Workbench,
    &Caller,
    &CommitId,
    Option<&VolumeId>,
    &DecideProposal,
) -> Result<DecidedProposal, Error>;

async fn decide(
    app: App,
    id: &str,
    asked: DecideProposal,
    how: Deciding,
) -> Result<Json<DecidedProposal>, ApiError> {
    let id = ids::commit("id", id)?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let caller = caller(&app, asked.user_id.as_deref(), asked.team_id.as_deref(), volume.as_ref())?;
    blocking(move || how(&app.workbench, &caller, &id, volume.as_ref(), &asked)).await.map(Json)
}

/// Tells who asks; who names the volume of a team names the team.
fn caller(
    app: &App,
    user: Option<&str>,
    team: Option<&str>,
    volume: Option<&VolumeId>,
) -> Result<Caller, ApiError> {
    let of_volume = match volume {
        Some(VolumeId::Team(team)) => Some(team.as_str()),
        _ => None,
    };
    app.caller(user, team.or(of_volume))
}
