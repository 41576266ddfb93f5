//! Log lines: one per event, safe to read, and not too many.
