//! The browser's face of core and api.
