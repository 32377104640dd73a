"""HTTP requests to students' own URLs. Only this package sends any."""
