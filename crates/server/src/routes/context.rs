//! The skills for a prompt.

use axum::{Json, extract::State};
use llmos_api::{context::SkillContext, problem::Problem};
use llmos_workbench::ContextQuery;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::Query,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(context))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose skills are seen as well.
    team_id: Option<String>,
    /// What the prompt is about.
    q: String,
    /// How many tokens the skills may cost by estimate, 4000 when left out.
    budget: Option<usize>,
    /// How many skills at most, 5 when left out.
    max_skills: Option<usize>,
}

/// Fill a prompt with skills
///
/// The skills that fit the query best, whole where the budget allows it and as a summary where not. It names the
/// skills that were left out, and why. Nothing is sent to a model.
#[utoipa::path(get, path = "/context", tag = "skills", params(Asked), responses(
    (status = 200, body = SkillContext),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn context(
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Json<SkillContext>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let usual = ContextQuery::default();
    let wanted = ContextQuery {
        q: asked.q,
        budget: asked.budget.unwrap_or(usual.budget),
        max_skills: asked.max_skills.unwrap_or(usual.max_skills),
    };
    blocking(move || app.workbench.skill_context(&caller, &wanted)).await.map(Json)
}
