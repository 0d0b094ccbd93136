# As in Heroku's "Deploying Rails Applications with the Puma Web Server".
threads 5, 5
port ENV.fetch("PORT")
environment "production"
