"""`python -m console` is `claimstream`, for processes that start others with their own interpreter."""

from console.main import app

app()
