//! Standards, one folder each, one file per section: asked over the wire of `understudy`, or of a
//! peer.
