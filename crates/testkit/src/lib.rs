//! Contract suites and fakes for tests.
