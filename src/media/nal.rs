//! NAL units. Filled by its owner.
