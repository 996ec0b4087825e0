//! End-to-end encryption between devices and within groups.
