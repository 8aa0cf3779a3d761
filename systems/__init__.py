"""What a system is: model, edits, file format, import and export, history, gallery."""
