"""Reading manifests: tables and folders of recordings, as rows with their codes."""
