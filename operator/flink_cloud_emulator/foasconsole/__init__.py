"""The Flink console: buying, finding and tagging workspaces."""
