from django.urls import include, path

from demo import views

urlpatterns = [
    path("sign-in/", views.DemoSignIn.as_view(), name="sign-in"),
    path("demo/sign-in/", views.sign_in, name="demo-sign-in"),
    path("", include("config.urls")),
]
