"""What the browser tests share: people at their browsers, and how a page is looked at."""
