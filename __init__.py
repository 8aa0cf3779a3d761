"""cotsmith: author, check, measure and review CoT classification systems for frozen embedding models."""
