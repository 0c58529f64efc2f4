"""What every page shares: shell, content security policy, palette, light and dark, chart helpers."""
