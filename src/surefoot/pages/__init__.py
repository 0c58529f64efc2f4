"""What every page of ours shares: the shell, the palette, light and dark, the charts. Imports nothing else of ours."""
