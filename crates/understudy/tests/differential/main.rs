//! Every answer of ours beside those of NSD, Knot and BIND, secondaries of the same primary.
