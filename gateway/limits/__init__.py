"""What one client may ask of the hub: how large a document, how costly, how often, and how slowly it may speak."""
