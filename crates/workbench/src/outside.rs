//! Tools of MCP servers elsewhere: which there are, and calling one that a person has seen.

use std::{sync::Arc, time::Duration};

use llmos_api::outside::{OutsideAnswerView, OutsideServerView};
use llmos_core::{
    outside::{
        OutsideAnswer, OutsideCall, OutsideError, OutsideServer, OutsideTool, OutsideTools,
        check_use, may_use,
    },
    slug::Slug,
};

use crate::{Caller, Error, Workbench};

impl Workbench {
    /// Lets callers use these servers. Without it there are none.
    #[must_use]
    pub fn with_outside(self, tools: Arc<dyn OutsideTools>) -> Self {
        Self { outside: Some(tools), ..self }
    }

    /// Lists the servers that the caller may use. None is started or reached.
    pub fn outside_servers(&self, caller: &Caller) -> Vec<OutsideServerView> {
        let all = self.outside.iter().flat_map(|outside| outside.servers());
        let own = all.filter(|server| may_use(caller.actor(), server));
        own.map(|server| OutsideServerView { name: server.name.to_string(), place: server.place })
            .collect()
    }

    /// Asks a server for its tools, and waits so long and no longer.
    pub fn outside_tools(
        &self,
        caller: &Caller,
        server: &Slug,
        within: Duration,
    ) -> Result<Vec<OutsideTool>, Error> {
        let outside = self.outside_for(caller, server)?;
        Ok(outside.tools(server, within)?)
    }

    /// Calls a tool. Doors show every call to a person, with its arguments, and hand on only what the person allowed:
    /// a tool that is described otherwise by now than it was then is not called.
    pub fn call_outside(
        &self,
        caller: &Caller,
        call: &OutsideCall,
    ) -> Result<OutsideAnswerView, Error> {
        let outside = self.outside_for(caller, &call.server)?;
        let OutsideAnswer { text, is_error } = outside.call(call)?;
        Ok(OutsideAnswerView { text, is_error })
    }

    fn outside_for(&self, caller: &Caller, server: &Slug) -> Result<&dyn OutsideTools, Error> {
        let unknown = || Error::from(OutsideError::UnknownServer { server: server.clone() });
        let outside = self.outside.as_deref().ok_or_else(unknown)?;
        let found: Option<OutsideServer> =
            outside.servers().into_iter().find(|found| found.name == *server);
        let found = found.ok_or_else(unknown)?;
        check_use(caller.actor(), &found).map_err(|denied| Error::Denied { denied })?;
        Ok(outside)
    }
}

impl From<OutsideError> for Error {
    fn from(source: OutsideError) -> Self {
        Self::Outside { source }
    }
}
