//! The instant-messaging engine.
