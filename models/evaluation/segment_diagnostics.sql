{{ fit_table(ref("model_registry"), "diagnostics") }}
