//! A [`Model`] that says what it is told to say.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use futures_core::Stream;
use llmos_core::{
    model::{
        Model, ModelError, ModelEvent, ModelLabel, ModelRequest, ModelSettings, ModelStream,
        Models, SettingsChange, SettingsError,
    },
    slug::Slug,
};

/// A [`Model`] that says what it is told to say, one answer after the other.
pub struct ScriptedModel {
    label: ModelLabel,
    answers: Mutex<VecDeque<Vec<Result<ModelEvent, ModelError>>>>,
    asked: Mutex<Vec<ModelRequest>>,
}

struct Script(VecDeque<Result<ModelEvent, ModelError>>);

impl ScriptedModel {
    /// Gives these answers in turn; after the last one it says nothing at all.
    pub fn new(answers: Vec<Vec<Result<ModelEvent, ModelError>>>) -> Arc<Self> {
        let label = ModelLabel { provider: "scripted".to_owned(), model: "script".to_owned() };
        Arc::new(Self { label, answers: Mutex::new(answers.into()), asked: Mutex::default() })
    }

    /// Returns how often it was asked.
    pub fn n_asked(&self) -> usize {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Returns what it was asked.
    pub fn asked(&self) -> Vec<ModelRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Model for ScriptedModel {
    fn label(&self) -> &ModelLabel {
        &self.label
    }

    fn ask(&self, request: ModelRequest) -> ModelStream {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(Script(answers.pop_front().unwrap_or_default().into()))
    }
}

impl Stream for Script {
    type Item = Result<ModelEvent, ModelError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// Gives everybody the same model, and keeps no settings.
pub struct OneModel(pub Arc<dyn Model>);

impl Models for OneModel {
    fn model_of(&self, _user: &Slug) -> Result<Option<Arc<dyn Model>>, SettingsError> {
        Ok(Some(Arc::clone(&self.0)))
    }

    fn settings_of(&self, _user: &Slug) -> Result<ModelSettings, SettingsError> {
        Ok(ModelSettings::default())
    }

    fn set(&self, _user: &Slug, _change: SettingsChange) -> Result<(), SettingsError> {
        Ok(())
    }

    fn clear(&self, _user: &Slug) -> Result<(), SettingsError> {
        Ok(())
    }
}
