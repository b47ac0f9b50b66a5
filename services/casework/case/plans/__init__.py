"""Assessment and plan: what somebody needs, and which services by whom and until when, signed by the section head."""
