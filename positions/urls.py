"""Addresses of positions: the public search, the trainee's choice, the unit's own."""

from django.urls import path

from positions import public_views, trainee_views, unit_views

app_name = "positions"

urlpatterns = [
    path("positions/", public_views.search_page, name="search"),
    path("positions/<slug:number>/", public_views.detail, name="detail"),
    path("individual/positions/", trainee_views.trainee_search, name="trainee_search"),
    path("individual/positions/<slug:number>/favourite/", trainee_views.add_favourite, name="add_favourite"),
    path("individual/favourites/", trainee_views.favourites, name="favourites"),
    path("individual/favourites/<int:pk>/cancel/", trainee_views.cancel_favourite, name="cancel_favourite"),
    path("unit/positions/", unit_views.unit_list, name="unit_list"),
    path("unit/positions/interested/", unit_views.interested_positions, name="interested"),
    path("unit/positions/interested/<int:pk>/answer/", unit_views.answer, name="answer"),
    path("unit/positions/<slug:number>/", unit_views.unit_position, name="unit_position"),
    path("unit/positions/<slug:number>/close/", unit_views.close, name="close"),
    path("unit/positions/<slug:number>/reopen/", unit_views.reopen, name="reopen"),
    path("unit/positions/<slug:number>/change/", unit_views.change, name="change"),
    path("unit/positions/<slug:number>/copy/", unit_views.copy, name="copy"),
    path("unit/positions/<slug:number>/interested/", unit_views.interested_people, name="interested_people"),
    path("unit/positions/<slug:number>/interested/export/", unit_views.export, name="export"),
]
