{{ fit_table(ref("model_registry"), "lift", every_version=true) }}
