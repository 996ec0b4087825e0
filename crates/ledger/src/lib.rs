//! Groups and accounts as functions of signed operations.
