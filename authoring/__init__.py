"""Where systems come from: drafts, refinement, the guided demo."""
