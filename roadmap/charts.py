"""Values to plotly figures."""
