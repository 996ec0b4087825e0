//! Transport between devices, and the network node.
