{{ fit_table(ref("model_registry"), "metrics", every_version=true) }}
