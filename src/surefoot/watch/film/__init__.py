"""Films and stills of walks: .gif, .mp4, .png and .svg, drawn by matplotlib in the palette of the pages."""
